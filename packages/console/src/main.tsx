import { QueryClientProvider } from "@tanstack/react-query"
import { RouterProvider } from "@tanstack/react-router"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { loadContract } from "./data/operations.ts"
import { operationQuery, queries } from "./data/use-operation.ts"
import { router } from "./routes.tsx"
import { takeIssuerAnswer } from "./session/issuer-answer.ts"
import { takeSignInCode } from "./session/sign-in-link.ts"
import "./style.css"

loadContract().catch(() => undefined) // Whoever asks something hears of it.
takeIssuerAnswer()
void enter()

const place = document.querySelector("#root")
if (!place) throw new Error("index.html has no place for the page")
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
)

/** A sign-in link lets this tab in; on a node without a person it leads to the page that makes one. */
async function enter(): Promise<void> {
  if (!(await takeSignInCode())) return
  const { personEnrolled } = await queries.fetchQuery(operationQuery("node.status", {}))
  if (!personEnrolled) await router.navigate({ to: "/first-passkey" })
}
