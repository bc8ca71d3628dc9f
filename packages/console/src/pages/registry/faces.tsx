import { type FaceName, facePath } from "@hufu/core/registration/faces/face-path"
import { Download } from "lucide-react"
import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import { LostList } from "./lost-list.tsx"
import { registryWords } from "./words.ts"

/** The same in the forms of other systems, each with what is lost in it. */
export function Faces({ id, faces }: { readonly id: string; readonly faces: readonly FaceName[] }) {
  const words = useWords(registryWords)
  return (
    <Section title={words.faces}>
      <p className="mb-2 text-soft">{words.facesHelp}</p>
      <ul aria-label={words.faces} className="card divide-y divide-line">
        {faces.map((face) => (
          <Face key={face} id={id} face={face} />
        ))}
      </ul>
    </Section>
  )
}

function Face({ id, face }: { readonly id: string; readonly face: FaceName }) {
  const words = useWords(registryWords)
  const [isOpen, setOpen] = useState(false)
  return (
    <li className="px-4 py-2">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <details className="min-w-0 flex-1 basis-64" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary className="min-h-6 cursor-pointer">
            <span className="font-semibold">{words.faceNames[face]}</span>{" "}
            <span className="text-sm text-soft">{words.lostOf}</span>
          </summary>
          {isOpen ? <Losses id={id} face={face} /> : null}
        </details>
        <a href={facePath(id, face)} download={`${face}.json`} className="button">
          <Download size={16} aria-hidden />
          JSON <span className="sr-only">{words.faceNames[face]}</span>
        </a>
      </div>
    </li>
  )
}

function Losses({ id, face }: { readonly id: string; readonly face: FaceName }) {
  const losses = useOperation("registry.face", { registration: id, face })
  return <Loaded query={losses}>{({ lost }) => <LostList lost={lost} />}</Loaded>
}
