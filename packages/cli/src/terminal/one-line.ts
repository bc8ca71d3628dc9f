/** UNTRUSTED text on the line where it is put: nothing of it stands on a line of its own, as if Hufu said it. */
export function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\t", "\\t")
}
