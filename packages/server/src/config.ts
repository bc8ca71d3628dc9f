import { ErasableClass } from "@hufu/core/contract/erasure"
import { z } from "zod"
import { isWitness } from "./witness/is-witness.ts"

/**
 * The one configuration file, `config.json` in the data folder; its JSON Schema is printed by `hufu config schema`.
 * Flags win over the environment, which wins over the file.
 */
export const Config = z.strictObject({
  $schema: z.string().optional(),
  host: z
    .string()
    .max(255)
    .default("127.0.0.1")
    .describe("address to listen on; anything but loopback also needs --expose"),
  port: z.int().min(0).max(65_535).default(7180).describe("port to listen on; 0 takes a free one"),
  hosts: z
    .array(z.string().max(255))
    .max(64)
    .default([])
    .describe("further Host header values that are accepted"),
  origin: z
    .string()
    .max(255)
    .refine(isOrigin, { message: "has to be like `https://hufu.example`, without a path" })
    .optional()
    .describe(
      "where people open the console, if not at http://localhost:PORT: passkeys are bound to it, so changing it makes them useless",
    ),
  ask: z
    .strictObject({
      waitSeconds: z
        .number()
        .min(0)
        .max(600)
        .default(45)
        .describe("how long a client waits for a person before it gets a pending result"),
      expirySeconds: z
        .number()
        .min(1)
        .max(604_800)
        .default(900)
        .describe("after how long a held action that nobody decided is denied"),
    })
    .prefault({}),
  rules: z
    .array(z.string().max(4000))
    .max(100)
    .default([])
    .describe("Cedar files that are loaded on top of the platform's rules"),
  retention: z
    .partialRecord(
      ErasableClass,
      z.strictObject({
        days: z
          .int()
          .min(0)
          .max(36_500)
          .describe("how long a statute asks to keep it, from when it was made"),
        wins: z
          .enum(["erasure", "retention"])
          .default("erasure")
          .describe("which of the two wins while that time runs"),
      }),
    )
    .default({})
    .describe(
      "for each class (agent, task, mandate, server, passkey, browser), how long a statute asks to keep it, and whether that wins over a request to erase it",
    ),
  upstream: z
    .strictObject({
      idleSeconds: z
        .number()
        .min(1)
        .max(86_400)
        .default(300)
        .describe("an upstream connection unused for so long is closed"),
      timeoutSeconds: z
        .number()
        .min(1)
        .max(3600)
        .default(300)
        .describe("a call without a sign of life for so long has an unknown outcome"),
      concurrency: z
        .int()
        .min(1)
        .max(10_000)
        .default(64)
        .describe("calls to one tool server at once; further ones wait their turn"),
    })
    .prefault({}),
  publish: z
    .strictObject({
      folder: z
        .string()
        .min(1)
        .max(4000)
        .optional()
        .describe(
          "folder into which the ledger is published as plain files (C2SP tlog-tiles), relative to the data folder; without it nothing is published",
        ),
      serve: z
        .boolean()
        .default(false)
        .describe("also serve that folder at /log/, to everybody who reaches this node"),
    })
    .refine(({ folder, serve }) => folder !== undefined || !serve, {
      message: "needs `publish.folder`: only what is published can be served",
    })
    .prefault({}),
  scrub: z
    .strictObject({
      entriesPerSecond: z
        .int()
        .min(0)
        .max(100_000)
        .default(100)
        .describe("how fast the whole ledger is read again in the background, over and over; 0 turns it off"),
      restSeconds: z
        .int()
        .min(1)
        .max(604_800)
        .default(600)
        .describe("how long that rests after it has read everything"),
    })
    .prefault({}),
  ledger: z
    .strictObject({
      mlDsa: z.boolean().default(false).describe("sign every checkpoint a second time, by ML-DSA-44"),
    })
    .prefault({}),
  witnesses: z
    .array(
      z
        .strictObject({
          url: z
            .url({ protocol: /^https?$/ })
            .max(2000)
            .describe("where the witness is"),
          keys: z
            .array(z.string().max(2_048))
            .min(1)
            .max(4)
            .describe("its verifier keys, all under one name"),
        })
        .refine(isWitness, { message: "has to be the cosignature keys of one witness, under one name" }),
    )
    .max(16)
    .default([])
    .describe("witnesses that are asked to cosign every checkpoint; they see sizes and roots, and no entry"),
  witness: z
    .strictObject({
      required: z.int().min(1).max(16).default(1).describe("how many witnesses make a receipt *witnessed*"),
    })
    .prefault({}),
  store: z
    .strictObject({
      megabytes: z
        .int()
        .min(16)
        .max(1_000_000_000)
        .optional()
        .describe("how large the data may become; beyond it new actions are refused (no bound but the disk)"),
      freeMegabytes: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(64)
        .describe(
          "with less than this free on the disk new actions are refused, so that a stop still has room",
        ),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(["fatal", "error", "warn", "info", "debug"]).default("info"),
      megabytes: z.int().min(1).max(1000).default(10).describe("size at which the log file is rotated"),
      files: z.int().min(1).max(100).default(5).describe("rotated log files that are kept"),
    })
    .prefault({}),
})
export type Config = z.infer<typeof Config>

/** An origin at which a browser has passkeys: https, or this machine by its name. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  return origin === text && (protocol === "https:" || (protocol === "http:" && hostname === "localhost"))
}
