import { Command } from "./command.tsx"

/** How an Ed25519 key is made in a terminal, into `key.pem`: the last line prints its public half as it is asked for. */
export function KeyCommands() {
  return (
    <span className="mt-1 grid justify-items-start gap-1">
      <Command line="openssl genpkey -algorithm ed25519 -out key.pem" />
      <Command line="openssl pkey -in key.pem -pubout -outform DER | tail -c 32 | openssl base64 -A | tr '+/' '-_' | tr -d =" />
    </span>
  )
}
