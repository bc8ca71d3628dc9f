/** Whether this is `npm run long`, which leaves nothing out for the time that it takes. */
export const isLongRun = process.env["HUFU_LONG"] === "1"
