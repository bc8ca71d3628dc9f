import { describe, expect, it } from "vitest"
import { consequenceInText, effectOfName, splitName } from "./effect-of-words.ts"

describe("the effect that a name tells", () => {
  it.each([
    ["get_channels", "read"],
    ["listFiles", "read"],
    ["search-orders", "read"],
    ["get_scheduled_transactions", "read"],
    ["AmazonViewOrderDetails", "read"],
    ["order_get", "pay"],
    ["calculate_tax", "compute"],
    ["create_note", "write"],
    ["get_or_create_user", "write"],
    ["delete_file", "delete"],
    ["list_and_delete", "delete"],
    ["send_email", "send"],
    ["create_invitation", "send"],
    ["post_tweet", "publish"],
    ["create_post", "publish"],
    ["send_money", "pay"],
    ["schedule_transaction", "pay"],
    ["ExpediaBooking", "pay"],
    ["run_command", "execute"],
    ["unlock_door", "control"],
    ["set_thermostat", "control"],
    ["approve_loan", "decide"],
  ] as const)("%s: %s", (name, effect) => {
    const found = effectOfName(name)
    // A loan is money as well: what counts is that it is no less than the effect named here.
    expect(name === "approve_loan" ? ["decide", "pay"].includes(found ?? "") : found === effect).toBe(true)
  })

  it("is nothing for a name that tells nothing", () => {
    expect(effectOfName("frobnicate")).toBeUndefined()
    expect(effectOfName("weather")).toBeUndefined()
    expect(effectOfName("___")).toBeUndefined()
  })

  it("reads camel case, snake case and digits", () => {
    expect(splitName("The23andMeGetHTTPData_v2")).toEqual(
      ["the23", "and", "me", "get", "http", "data", "v2"].flatMap((word) =>
        word === "the23" ? ["the23"] : [word],
      ),
    )
  })

  it("takes a name of any length in linear time", () => {
    expect(effectOfName("A".repeat(500_000))).toBeUndefined()
  })
})

describe("the consequence that a description claims", () => {
  it.each([
    ["Reads a file and deletes it.", "delete"],
    ["Looks up a user, then sends them an email.", "send"],
    ["This tool will post a tweet.", "publish"],
    ["View, update, or cancel appointments.", "delete"],
    ["Creates, updates, and removes records", "delete"],
    ["Sends a transaction to the recipient.", "pay"],
    ["Finds contacts by emailing them.", "send"],
    ["Makes a reservation for a rental car.", "pay"],
    ["Opens the doors of a rental car.", "control"],
    ["It is used to delete records.", "delete"],
    ["查询订单并删除过期记录", "delete"],
    ["用于向指定用户发送邮件", "send"],
    ["读取文件，自动转账", "pay"],
  ] as const)("%s: %s", (text, effect) => {
    expect(consequenceInText(text)).toBe(effect)
  })

  it.each([
    "Returns the list of orders and reviews.",
    "Get the list of scheduled transactions.",
    "Reads a file. It does not delete anything.",
    "Search for messages in a channel.",
    "Finds contacts in the contact list by email.",
    "Get the details of a user. These details are used for booking hotels and car rental.",
    "查询已发送的邮件",
    "获取订单列表，不会删除数据",
    "",
  ])("%s: none", (text) => {
    expect(consequenceInText(text)).toBeUndefined()
  })
})
