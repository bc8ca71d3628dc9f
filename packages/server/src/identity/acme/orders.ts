import { newId } from "@hufu/core/id"
import type { Clock } from "../../clock.ts"
import { AcmeProblem } from "./acme-problem.ts"

/** One certificate that an account asks for; held in memory until it has it. */
export interface Order {
  readonly id: string
  readonly account: string
  readonly aic: string
  readonly usage: "client" | "server"
  readonly days: number | undefined
  readonly expiresAt: number
  status: "ready" | "processing" | "valid"
  certificate: string | undefined
}

export interface Orders {
  open(draft: Pick<Order, "account" | "aic" | "usage" | "days">): Order
  /** Another account's is none. Throws ORDER_NOT_FOUND. */
  need(id: string, account: string): Order
  /** The ids of an account's. */
  of(account: string): string[]
  readonly size: number
}

const lifeMs = 3_600_000
const maxOrders = 20_000
const maxPerAccount = 50

/** What is asked for and not had yet. A certificate that was issued is on the disk whatever becomes of its order. */
export function openOrders(clock: Clock): Orders {
  /** In the order of their age, so that those that have run out come first. */
  const orders = new Map<string, Order>()
  const perAccount = new Map<string, number>()

  function drop(order: Order): void {
    orders.delete(order.id)
    const left = (perAccount.get(order.account) ?? 1) - 1
    if (left > 0) perAccount.set(order.account, left)
    else perAccount.delete(order.account)
  }

  function dropOld(): void {
    const now = clock.now()
    for (const order of orders.values()) {
      if (order.expiresAt > now) return
      if (order.status !== "processing") drop(order)
    }
  }

  return {
    open(draft) {
      dropOld()
      if (orders.size >= maxOrders || (perAccount.get(draft.account) ?? 0) >= maxPerAccount)
        throw new AcmeProblem(
          "RATE_LIMITED",
          `an account has ${maxPerAccount} orders within an hour at most: finish those, or ask again later`,
          { headers: { "retry-after": "600" } },
        )
      const now = clock.now()
      const order: Order = {
        ...draft,
        id: newId("order", now),
        expiresAt: now + lifeMs,
        status: "ready",
        certificate: undefined,
      }
      orders.set(order.id, order)
      perAccount.set(draft.account, (perAccount.get(draft.account) ?? 0) + 1)
      return order
    },
    need(id, account) {
      dropOld()
      const order = orders.get(id)
      if (order?.account === account) return order
      throw new AcmeProblem(
        "ORDER_NOT_FOUND",
        "there is no such order of this account: it has run out, or the node has started since; place it anew",
      )
    },
    of: (account) => [...orders.values()].filter((each) => each.account === account).map(({ id }) => id),
    get size() {
      return orders.size
    },
  }
}
