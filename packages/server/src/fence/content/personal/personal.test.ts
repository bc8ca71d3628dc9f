import { expect, test } from "vitest"
import { inspect } from "../inspect.ts"
import { passesLuhn, passesMod11, passesMod31, passesMod97, passesVerhoeff } from "./checksums.ts"

function found(text: string): string[] {
  return inspect(text)
    .detections.filter(({ detector }) => detector.startsWith("personal-"))
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)
}

test("check digits are those of the standards, and one digit that differs fails", () => {
  expect(passesMod11("11010519491231002X")).toBe(true)
  expect(passesMod11("110105194912310021")).toBe(false)
  expect(passesMod31("91350100M000100Y43")).toBe(true)
  expect(passesMod31("91350100M000100Y44")).toBe(false)
  expect(passesLuhn("4111111111111111")).toBe(true)
  expect(passesLuhn("4111111111111112")).toBe(false)
  expect(passesMod97("GB82WEST12345698765432")).toBe(true)
  expect(passesMod97("GB82WEST12345698765433")).toBe(false)
  expect(passesVerhoeff("2363")).toBe(true)
  expect(passesVerhoeff("2364")).toBe(false)
})

test.each([
  ["身份证号：11010519491231002X，请核对", "cn_resident_id 11010519491231002X"],
  ["id_card=11010519491231002x", "cn_resident_id 11010519491231002x"],
  ["统一社会信用代码 91350100M000100Y43。", "cn_uscc 91350100M000100Y43"],
  ["请转到6222021234567890128", "cn_bank_card 6222021234567890128"],
  ["联系电话13800138000，谢谢", "cn_mobile 13800138000"],
  ["tel: +86 138-0013-8000", "cn_mobile +86 138-0013-8000"],
  ["座机010-68453287。", "cn_landline 010-68453287"],
  ["(0571) 8765 4321 是前台", "cn_landline (0571) 8765 4321"],
  ["车牌号京A·12345", "cn_plate 京A·12345"],
  ["车辆 粤BD12345 已入场", "cn_plate 粤BD12345"],
  ["护照号：E12345678", "cn_passport E12345678"],
  ["HKID: A123456(3)", "hk_id A123456"],
  ["身分證 A123456789", "tw_id A123456789"],
])("Chinese numbers: %s", (text, expected) => {
  expect(found(text)).toEqual([expected])
})

test.each([
  ["write to Ann.Lee+news@mail.example.co.uk, please", "email_address Ann.Lee+news@mail.example.co.uk"],
  ["card 4111 1111 1111 1111 expires soon", "payment_card 4111 1111 1111 1111"],
  ["IBAN GB82 WEST 1234 5698 7654 32 at the bank", "iban GB82 WEST 1234 5698 7654 32"],
  ["ssn 219-09-9999", "us_ssn 219-09-9999"],
  ["call 415-555-2671 now", "phone_number 415-555-2671"],
  ["fax +44 20 7946 0958", "phone_number +44 20 7946 0958"],
  ["from 203.0.113.9 at noon", "ip_address 203.0.113.9"],
  ["from 2001:db8::8a2e:370:7334 too", "ip_address 2001:db8::8a2e:370:7334"],
  ["CPF 529.982.247-25", "br_cpf 529.982.247-25"],
  ["DNI 12345678Z", "es_id 12345678Z"],
])("international: %s", (text, expected) => {
  expect(found(text)).toEqual([expected])
})

test.each([
  "编号：110105194912310021",
  "订单号 202440469860354311",
  "流水号 6222021234567890123",
  "时间戳 1665793669012",
  "客服热线 400-234-5618",
  "设备序列 1011586354154817869051",
  "版本 1.8.39.220",
  "version 10.4.0.1",
  "快递单号 SF8057783963196",
  "b46bedab-2891-4b00-a27e-b3605dbc2b19",
  "2024-05-15 12:00:00",
  "git@host without a domain",
  "std::vector<a::b>",
  "金额 394798.02 元",
])("nobody's numbers are not found: %s", (text) => {
  expect(found(text)).toEqual([])
})

test("a number within a longer one is none", () => {
  expect(found("x138001380001")).toEqual([])
  expect(found("9913800138000")).toEqual([])
  expect(found("1-13800138000-2")).toEqual([])
})
