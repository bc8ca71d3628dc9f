import type { ArgumentRole } from "@hufu/core/profile/profile"

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""))

/**
 * The last word of an argument's name and the role it tells, in the order in which they are tried. `address` and
 * `to` are decided by what else is known of the argument.
 */
/* oxfmt-ignore */
export const roleWords: readonly { readonly role: ArgumentRole; readonly names: ReadonlySet<string> }[] = [
  { role: "url", names: words("url urls uri uris href link links endpoint webhook website site webpage callback feed") },
  { role: "host", names: words("host hosts hostname domain domains ip hostnames proxy server") },
  {
    role: "command",
    names: words("command commands cmd shell script scripts code sql program bash statement bytecode"),
  },
  {
    role: "path",
    names: words(`path paths file files filename filenames filepath filepaths dir dirs directory directories folder
      folders cwd workdir root`),
  },
  {
    role: "recipient",
    names: words(`recipient recipients receiver to cc bcc attendee attendees participant participants invitee invitees
      email emails phone payee beneficiary requestee collaborator`),
  },
  {
    role: "account",
    names: words("account accounts iban wallet card payment bank"),
  },
  {
    role: "amount",
    names: words("amount amounts price total sum fee cost budget"),
  },
  { role: "currency", names: words("currency") },
  {
    role: "content",
    names: words(`content contents body text message messages subject title description note notes comment data html
      markdown caption payload prompt query question thought reason summary keywords keyword filter filters pattern
      format sort order language lang locale date time start end timezone limit offset page cursor type mode level
      status remark expression permission permissions`),
  },
]

/** Words before the last that decide it: `from_account_number`, `payment_method`, `output_path`. */
/* oxfmt-ignore */
export const hintWords = {
  account: words("account iban wallet card payment bank"),
  recipient: words("recipient email phone payee attendee receiver"),
  from: words("from source src origin input old"),
  to: words("to destination dest dst target output new"),
  ip: words("ip host"),
  /** Weak last words that a hint may overrule. */
  weak: words("number id method name address no info information username"),
  time: words("date time day month year timestamp hour"),
  /** Words that name a thing when nothing else does, so that even a number can be a target. */
  naming: words("id ids number no key name index code user channel device"),
  /** File tools call their paths by these words. */
  ends: words("source src destination dest dst target"),
  /** A read that takes one of these stores something on the way. */
  output: words("output destination dest save download local"),
} as const
