import { describe, expect, test } from "vitest"
import { BrokerSettings } from "./broker-settings.ts"

const secret = "a".repeat(24)
const isTaken = (url: string) => BrokerSettings.safeParse({ url, secret }).success

describe("where a message broker may be", () => {
  test("without TLS on this machine alone", () => {
    for (const url of [
      "amqps://mq.example:5671",
      "amqp://127.0.0.1:5672",
      "amqp://[::1]",
      "amqp://localhost/",
    ])
      expect(isTaken(url), url).toBe(true)
    for (const url of [
      "amqp://mq.example",
      "amqp://127.0.0.1.example",
      "http://localhost",
      "amqps://a:b@mq.example",
      "amqps://mq.example/other",
      "",
    ])
      expect(isTaken(url), url).toBe(false)
  })

  test("only with a secret that nobody guesses", () => {
    expect(BrokerSettings.safeParse({ url: "amqp://localhost", secret: "short" }).success).toBe(false)
    expect(BrokerSettings.parse(undefined)).toBeUndefined()
  })
})
