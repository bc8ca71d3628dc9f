import type { PlaceRecord, ShownPlace } from "@hufu/core/contract/place"
import { Failure } from "@hufu/core/failure"
import { readPlaceFile } from "@hufu/core/place/place-file"
import { Position } from "@hufu/core/place/position"
import { holdsAt } from "@hufu/core/place/zone-hours"
import { effectsOf } from "../fence/place/place-finder.ts"
import { fillTemplate, placeTemplates } from "../fence/place/place-templates.ts"
import { actorOf } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** Places, and where agents are. */
export function placeOperations(parts: OperationParts) {
  const { places, positions, devices, agents, person, clock } = parts

  const shown = (place: PlaceRecord): ShownPlace => ({
    ...place,
    effects: [...effectsOf(place.feature)],
    holdsNow: holdsAt(place.feature.properties.limitedApplicability ?? [], clock.now()),
  })

  return {
    "place.add": async ({ file, class: asClass, template, identifier, name, geometry }, context) => {
      const collection =
        template === undefined ? file : fillTemplate(template, { identifier, name, geometry })
      const features = readPlaceFile(collection ?? null, asClass)
      const added = await places.add({
        features,
        template: template ?? null,
        owner: person.id,
        by: actorOf(context),
      })
      return { items: added.map(shown) }
    },
    "place.list": async () => ({ items: places.list().map(shown) }),
    "place.show": async ({ place }) => shown(places.need(place)),
    "place.remove": async ({ place }, context) =>
      shown(await places.remove(places.need(place), actorOf(context))),
    "place.templates": async () => ({ items: [...placeTemplates()] }),
    "position.show": async ({ agent }) => positions.show(agents.need(agent).id),
    "position.state": ({ agent, hours, ...said }, context) =>
      positions.state(agents.need(agent).id, {
        position: positionOf(said),
        until: clock.now() + Math.round(hours * 3_600_000),
        by: actorOf(context),
      }),
    "position.forget": ({ agent }, context) => positions.forget(agents.need(agent).id, actorOf(context)),
    "position.report": async ({ statement, signature }) => {
      await positions.report(statement, Buffer.from(signature, "base64url"))
      return { number: statement.number }
    },
    "device.add": ({ name, agent, key }, context) =>
      devices.add({ name, agent: agents.need(agent).id, publicKey: key }, actorOf(context)),
    "device.list": async () => ({ items: devices.list() }),
    "device.remove": async ({ device: ref }, context) => {
      const device = devices.need(ref)
      const removed = await devices.remove(device, actorOf(context))
      positions.forgetDevice(device.id)
      return removed
    },
  } satisfies Partial<Operations>
}

interface Said {
  readonly latitude?: number | undefined
  readonly longitude?: number | undefined
  readonly accuracy?: number | undefined
  readonly altitude?: number | undefined
  readonly above?: string | undefined
  readonly tenant?: string | undefined
  readonly network?: string | undefined
  readonly device?: string | undefined
}

function positionOf({
  latitude,
  longitude,
  accuracy,
  altitude,
  above,
  tenant,
  network,
  device,
}: Said): Position {
  const hasPoint = [latitude, longitude, accuracy, altitude, above].some((each) => each !== undefined)
  const height =
    altitude === undefined && above === undefined ? undefined : { metres: altitude, above, accuracy: 0 }
  const point = hasPoint ? { latitude, longitude, accuracy: accuracy ?? 0, altitude: height } : undefined
  // As JSON, in which nothing is undefined: the ledger commits to it.
  const parsed = Position.safeParse(JSON.parse(JSON.stringify({ point, tenant, network, device })))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Failure(
    "invalid_input",
    `say where it is by latitude and longitude (an altitude with \`above\`), tenant, network or device: \`${issue?.path.join(".") || "position"}\`: ${issue?.message ?? "it is missing"}`,
  )
}
