/** Where the doors write what an operator may want to read; pino fits. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}
