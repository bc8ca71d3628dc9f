import { readdirSync, readFileSync } from "node:fs"
import { PlaceTemplate } from "@hufu/core/contract/place"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"

const folder = new URL("./templates/", import.meta.url)
let known: readonly PlaceTemplate[] | undefined

/** The templates that lie in the folder, each a file of its name; read once. */
export function placeTemplates(): readonly PlaceTemplate[] {
  return (known ??= readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .toSorted()
    .map(readTemplate))
}

function readTemplate(file: string): PlaceTemplate {
  const value = parseStrict(readFileSync(new URL(file, folder), "utf8"))
  return PlaceTemplate.parse({
    ...(isJsonObject(value) ? value : {}),
    template: file.slice(0, -".json".length),
  })
}

/** The places that a template makes at a geometry, as a file would give them. */
export function fillTemplate(
  name: string,
  of: {
    readonly identifier?: string | undefined
    readonly name?: string | undefined
    readonly geometry?: JsonValue | undefined
  },
): JsonValue {
  const template = placeTemplates().find((each) => each.template === name)
  if (template === undefined)
    throw new Failure(
      "not_found",
      `there is no template \`${name}\`: \`hufu place templates\` shows what there is`,
    )
  const { identifier, geometry } = of
  if (identifier === undefined || geometry === undefined)
    throw new Failure("invalid_input", "give a template its `identifier` and its `geometry`")
  const named = of.name === undefined ? {} : { name: of.name }
  return {
    type: "FeatureCollection",
    features: template.features.map((feature, at) => {
      const properties =
        isJsonObject(feature) && isJsonObject(feature["properties"]) ? feature["properties"] : {}
      const own = `${identifier}${template.features.length > 1 ? `-${at + 1}` : ""}`
      const layer = isJsonObject(feature) && isJsonObject(feature["geometry"]) ? feature["geometry"] : {}
      const placed = isJsonObject(geometry) ? { ...geometry, ...layer } : geometry
      return { type: "Feature", geometry: placed, properties: { ...properties, ...named, identifier: own } }
    }),
  }
}
