import { PlaceRecord } from "@hufu/core/contract/place"
import { readPlaceFile } from "@hufu/core/place/place-file"
import { extensionOf } from "@hufu/core/place/place-feature"
import { z } from "zod"
import { expect, test } from "vitest"
import { fillTemplate, placeTemplates } from "./place-templates.ts"

const geometry = { type: "Point", coordinates: [13.4, 52.5], extent: { subType: "Circle", radius: 100 } }

test("the folder has a template for each kind of place that is promised", () => {
  expect(placeTemplates().map(({ template }) => template)).toEqual([
    "airspace",
    "court",
    "factory",
    "home",
    "hospital",
    "road",
    "school",
  ])
})

test.each(placeTemplates().map(({ template }) => template))(
  "the template %s, filled with a geometry, makes places that are kept as they are, in both languages",
  (template) => {
    const features = readPlaceFile(fillTemplate(template, { identifier: "mine", geometry }))
    for (const feature of features) {
      expect(PlaceRecord.shape.feature.parse(z.json().parse(feature))).toEqual(feature)
      const { name, message } = feature.properties
      for (const texts of [name, message]) expect(texts?.map(({ lang }) => lang)).toEqual(["en", "zh"])
    }
  },
)

test("a figure in a template names its source or is marked as unverified", () => {
  for (const { template } of placeTemplates())
    for (const feature of readPlaceFile(fillTemplate(template, { identifier: "mine", geometry }))) {
      const { sources = [], unverified = [] } = extensionOf(feature)
      const hasFigures =
        feature.properties.limitedApplicability !== undefined || feature.geometry?.layer !== undefined
      if (hasFigures) expect(sources.length + unverified.length).toBeGreaterThan(0)
    }
})
