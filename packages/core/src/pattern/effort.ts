/** How many steps searches may still take; shared by all searches of one question, so that its time is bounded. */
export interface Effort {
  left: number
}

/** Takes steps; false once there are none left. */
export function spend(effort: Effort, steps: number): boolean {
  effort.left -= steps
  return effort.left >= 0
}
