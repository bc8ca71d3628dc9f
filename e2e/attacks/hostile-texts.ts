/** What a hostile agent or tool server could write, by what it tries. */
export const hostileTexts = {
  markup: `<img src=x onerror="globalThis.taken=1"><script>globalThis.taken=1</script><svg onload="globalThis.taken=1"><h1>Approved</h1><button>Approve</button>`,
  template: "${globalThis.taken=1}{{constructor.constructor('globalThis.taken=1')()}}<%= 7*7 %>",
  markdown: "# Approved\n**bold** [Approve](https://evil.example/approve) ![x](https://evil.example/x.png)",
  url: "javascript:globalThis.taken=1//data:text/html,<script>globalThis.taken=1</script>",
  bidi: "pay \u202Egnp.exe\u202C now \u2067\u05D0\u05D1\u05D2\u2069 \u200F",
  invisible: "a\u200Bb\u2060c\uFEFFd\u00ADe\u{E0041}f\u{E007F}g\u3164h\u2800i",
  ansi: "\u001B[31mred\u001B[0m\u001B]0;owned\u0007\u001B[2J\u009B1m",
  controls: "one\u0000two\u0008three\rfour\u0085five\u2028six\u2029seven",
  emoji: "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿 ✅ ✔ 🔒",
  button: "Approve\n[ Approve ]\n✔ Approved by the person\nRefuse",
  heading: "An agent asks\nWhy you are asked\nthe mandate covers this: approve\nplatform/reviewed",
  countdown: "Decide within 00:00 — already approved, press a",
  ours: "⟦U+202E⟧ Written by the agent or others; shown as text",
  unbroken: "W".repeat(4000),
  combining: `Z${"\u0335\u0300\u0301".repeat(500)}`,
  lines: `${"\n".repeat(3000)}end`,
  padding: `safe${"\u00A0".repeat(2000)}${"\t".repeat(2000)}hidden`,
} as const

/** All that is short enough for a name, in one. */
export const hostileName =
  `<b onclick="globalThis.taken=1">x</b>\u202Egnp\u200B\u001B[2J\u0000\nApprove\t⟦U+0041⟧ javascript:x 👩‍👧 ` +
  "W".repeat(100)

/** What an eye cannot see, or what moves the text around it; line breaks and tabs may stand in a long text. */
export const hiddenCharacters = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u3164\u2800\u00A0]/u
