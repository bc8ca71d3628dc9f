import type { Long } from "./cedar-value.ts"

const smallest = -(2n ** 63n)
const largest = 2n ** 63n - 1n

/** The long of an exact integer, or undefined when it does not fit in 64 bits. */
export function toLong(exact: bigint): Long | undefined {
  if (exact < smallest || exact > largest) return undefined
  const near = Number(exact)
  return Number.isSafeInteger(near) ? near : exact
}

/** Whether a value is a long: an exact integer of at most 64 bits in its one representation. */
export function isLong(value: unknown): value is Long {
  if (typeof value === "number") return Number.isSafeInteger(value)
  return typeof value === "bigint" && typeof toLong(value) === "bigint"
}

/** The sum, or undefined on overflow. */
export function addLongs(left: Long, right: Long): Long | undefined {
  if (typeof left === "number" && typeof right === "number") {
    // A sum of safe integers that rounds to a safe integer is exact.
    const sum = left + right
    if (Number.isSafeInteger(sum)) return sum
  }
  return toLong(BigInt(left) + BigInt(right))
}

/** The difference, or undefined on overflow. */
export function subtractLongs(left: Long, right: Long): Long | undefined {
  if (typeof left === "number" && typeof right === "number") {
    const difference = left - right
    if (Number.isSafeInteger(difference)) return difference
  }
  return toLong(BigInt(left) - BigInt(right))
}

/** The product, or undefined on overflow. */
export function multiplyLongs(left: Long, right: Long): Long | undefined {
  if (typeof left === "number" && typeof right === "number") {
    const product = left * right
    // `+ 0` turns -0 into 0.
    if (Number.isSafeInteger(product)) return product + 0
  }
  return toLong(BigInt(left) * BigInt(right))
}
