import { useEffect, useState } from "react"

const armedAfterMs = 600

/** Whether what is shown has stood still long enough to be decided upon: a click meant for something else decides nothing. */
export function useArmed(shown: string): boolean {
  const [armedFor, setArmedFor] = useState<string>()
  useEffect(() => {
    const timer = setTimeout(() => setArmedFor(shown), armedAfterMs)
    return () => clearTimeout(timer)
  }, [shown])
  return armedFor === shown
}
