import type { RegistrationContent } from "@hufu/core/registration/registration-content"
import type { Registration } from "@hufu/core/registration/registration"
import { Untrusted } from "../../part/untrusted.tsx"
import { ConductPicture } from "../registry/conduct-picture.tsx"
import { DeveloperFacts } from "../registry/developer-facts.tsx"
import { Interfaces } from "../registry/interfaces.tsx"
import { Skills } from "../registry/skills.tsx"
import { VersionParts } from "../registry/version-parts.tsx"
import { WhereAndWhat } from "../registry/where-and-what.tsx"

/** All that a registration says, as its page for everybody will show it. */
export function SaidContent({
  content,
  registration: { proofs },
}: {
  readonly content: RegistrationContent
  readonly registration: Pick<Registration, "proofs">
}) {
  return (
    <>
      <div className="mt-4 max-w-prose">
        <Untrusted text={content.description} prose />
      </div>
      <ConductPicture conduct={content.conduct} isHeldTo={null} />
      <DeveloperFacts shown={{ content, proofs }} />
      <Skills content={content} />
      <Interfaces content={content} />
      <WhereAndWhat content={content} />
      <VersionParts parts={content.parts} />
    </>
  )
}
