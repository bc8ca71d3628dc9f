import type { Client } from "@hufu/sdk"

/** The action that an id means: its own, or that of the hold under which it waits. */
export async function actionOf(client: Client, id: string): Promise<string> {
  return id.startsWith("hld_") ? (await client.hold.show({ hold: id })).action : id
}
