import { z } from "zod"

/** An origin at which a browser has passkeys: https, or this machine by its name. */
export const Origin = z
  .string()
  .max(255)
  .refine(isOrigin, { message: "has to be like `https://hufu.example`, without a path" })

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { origin, protocol, hostname } = new URL(text)
  return origin === text && (protocol === "https:" || (protocol === "http:" && hostname === "localhost"))
}
