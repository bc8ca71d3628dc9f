/** The command line itself is wrong: exit code 2, and where the help is. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = "UsageError"
  }
}
