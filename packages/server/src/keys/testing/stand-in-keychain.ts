import { writeFileSync } from "node:fs"

// Keeps what it is given in a folder beside it, and notes how it was called.
const standIn = `#!${process.execPath}
const fs = require("node:fs"), path = require("node:path")
const args = process.argv.slice(2), kept = path.join(__dirname, "kept")
fs.appendFileSync(path.join(__dirname, "seen"), args.join(" ") + "\\n")
const input = () => fs.readFileSync(0, "utf8")
const file = (account) => kept + "-" + account
if (args[0] === "store") fs.writeFileSync(file(args.at(-1)), input())
else if (args[0] === "lookup") process.stdout.write(fs.readFileSync(file(args.at(-1))))
else if (args[0] === "clear") fs.rmSync(file(args.at(-1)))
else if (args[0] === "-i") {
  const [, account, secret] = /-a "(\\w+)" .* -w "([\\w-]+)"/.exec(input())
  fs.writeFileSync(file(account), secret)
} else if (args[0] === "find-generic-password") process.stdout.write(fs.readFileSync(file(args[2])) + "\\n")
else if (args[0] === "delete-generic-password") fs.rmSync(file(args[2]))
else process.exit(9)
`

/** Writes a stand-in for a keychain's command, which speaks as `secret-tool` and `security` do. */
export function writeStandIn(path: string): void {
  writeFileSync(path, standIn, { mode: 0o755 })
}
