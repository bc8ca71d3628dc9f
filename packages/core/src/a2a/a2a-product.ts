import type { Product } from "../delegation/part.ts"
import type { A2aArtifact } from "./a2a-content.ts"
import { a2aOfPart, partOfA2a } from "./a2a-part.ts"
import { keptOf, originalOf, textsIn } from "./a2a-said.ts"
import { without } from "./absent.ts"

/** An artifact as every protocol has it. */
export function productOfA2a(artifact: A2aArtifact): Product {
  const { artifactId, name, description, metadata, extensions, parts } = artifact
  return {
    id: artifactId,
    ...without({ name, description }),
    parts: parts.map(partOfA2a),
    ...without({ metadata }),
    ...originalOf(
      without({
        extensions: extensions?.length === 0 ? undefined : extensions,
      }),
    ),
  }
}

/** A product as an artifact of A2A. */
export function a2aOfProduct({ id, name, description, parts, metadata, original }: Product): A2aArtifact {
  const kept = keptOf(original)
  return {
    artifactId: id,
    ...without({ name, description }),
    parts: parts.map(a2aOfPart),
    ...without({ metadata, extensions: textsIn(kept["extensions"]) }),
  }
}
