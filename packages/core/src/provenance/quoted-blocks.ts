const longestQuote = 280
const forwarded =
  /^\s*(?:-{2,}\s*(?:original|forwarded) message|begin forwarded message|-+\s*(?:原始邮件|转发邮件))/i

/**
 * An instruction without the blocks that it quotes: what is pasted was written by others until the user says otherwise. Fenced and
 * marked lines, blocks between tags, whatever follows a forwarded message's head, and long texts in quotation marks.
 */
export function withoutQuotedBlocks(text: string): string {
  const kept: string[] = []
  let fence: string | undefined
  for (const line of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    const mark = /^\s*(```|~~~)/.exec(line)?.[1]
    if (fence !== undefined) {
      if (mark === fence) fence = undefined
      continue
    }
    if (mark !== undefined) {
      fence = mark
      continue
    }
    if (forwarded.test(line)) break
    if (!/^\s*[>|]/.test(line)) kept.push(line)
  }
  return withoutLongQuotes(withoutTagged(kept.join("\n")))
}

function withoutTagged(text: string): string {
  return text.replace(/<([a-z][\w-]{0,40})(?:\s[^<>]{0,400})?>[\s\S]*?(?:<\/\1\s*>|$)/gi, " ")
}

function withoutLongQuotes(text: string): string {
  return text.replace(/["“«「『]([^"“”«»「」『』]*)["”»」』]/g, (whole, inner: string) =>
    inner.length > longestQuote ? " " : whole,
  )
}
