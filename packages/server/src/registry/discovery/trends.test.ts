import { expect, it } from "vitest"
import { openTrends } from "./trends.ts"

it("counts one who asks once a day, however often they do", () => {
  let now = 1_800_000_000_000
  const trends = openTrends(() => now)
  for (let at = 0; at < 1000; at++) trends.seen("pushed", "192.0.2.1")
  trends.seen("liked", "192.0.2.1")
  trends.seen("liked", "192.0.2.2")
  expect(trends.top(10)).toEqual(["liked", "pushed"])
  now += 24 * 60 * 60 * 1000
  trends.seen("pushed", "192.0.2.1")
  trends.seen("pushed", "192.0.2.3")
  expect(trends.top(1)).toEqual(["pushed"])
})
