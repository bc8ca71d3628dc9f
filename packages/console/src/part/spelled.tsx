const spelledOut = /(\u27e6U\+[0-9A-F]{4,6}\u27e7)/

/** A text in which hidden characters are spelled out already: each of them is marked. */
export function Spelled({ text }: { readonly text: string }) {
  return text.split(spelledOut).map((piece, index) =>
    index % 2 === 1 ? (
      // The pieces of a text have no other name than their place.
      <mark key={index} className="rounded-sm bg-deny-wash text-deny">
        {piece}
      </mark>
    ) : (
      piece
    ),
  )
}

/** How many characters are spelled out in it. */
export function countSpelled(text: string): number {
  return (text.split(spelledOut).length - 1) / 2
}
