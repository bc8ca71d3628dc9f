import { type CedarRecord, type CedarValue, isCedarRecord, isCedarSet, kind, UNKNOWN } from "./cedar-value.ts"

/** Whether two values are equal; `undefined` when that depends on a fact that is not known. */
export type Likeness = boolean | undefined

/** Cedar's `==` on values: structural, across types simply false, sets without order or repetition. */
export function sameValue(left: CedarValue, right: CedarValue): Likeness {
  if (left === UNKNOWN || right === UNKNOWN) return undefined
  if (typeof left !== "object" || typeof right !== "object") return left === right
  if (isCedarSet(left)) return isCedarSet(right) && sameSet(left, right)
  if (isCedarSet(right)) return false
  if (isCedarRecord(left)) return isCedarRecord(right) && sameRecord(left, right)
  if (isCedarRecord(right)) return false
  if (left[kind] === "entity") return right[kind] === "entity" && left.key === right.key
  if (right[kind] === "entity" || left[kind] !== right[kind]) return false
  if (left[kind] !== "ip") return right[kind] !== "ip" && left.value === right.value
  return (
    right[kind] === "ip" &&
    left.bits === right.bits &&
    left.address === right.address &&
    left.prefix === right.prefix
  )
}

/** Whether a set holds a value. */
export function setHas(set: readonly CedarValue[], wanted: CedarValue): Likeness {
  return some(set, (member) => sameValue(member, wanted))
}

/** Whether a set holds every member of another. */
export function setHasAll(set: readonly CedarValue[], wanted: readonly CedarValue[]): Likeness {
  return every(wanted, (member) => setHas(set, member))
}

/** Whether two sets have a member in common. */
export function setHasAny(set: readonly CedarValue[], wanted: readonly CedarValue[]): Likeness {
  return some(wanted, (member) => setHas(set, member))
}

function sameSet(left: readonly CedarValue[], right: readonly CedarValue[]): Likeness {
  const forward = setHasAll(right, left)
  return forward === false ? false : both(forward, setHasAll(left, right))
}

function sameRecord(left: CedarRecord, right: CedarRecord): Likeness {
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return every([...names], (name) => sameAttribute(ownValue(left, name), ownValue(right, name)))
}

/** An unknown attribute may also be absent, so it leaves the answer open even against an absent one. */
function sameAttribute(left: CedarValue | undefined, right: CedarValue | undefined): Likeness {
  if (left === UNKNOWN || right === UNKNOWN) return undefined
  if (left === undefined || right === undefined) return left === right
  return sameValue(left, right)
}

function ownValue(record: CedarRecord, name: string): CedarValue | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function some<Item>(items: readonly Item[], test: (item: Item) => Likeness): Likeness {
  let answer: Likeness = false
  for (const item of items) {
    const one = test(item)
    if (one === true) return true
    if (one === undefined) answer = undefined
  }
  return answer
}

function every<Item>(items: readonly Item[], test: (item: Item) => Likeness): Likeness {
  let answer: Likeness = true
  for (const item of items) {
    const one = test(item)
    if (one === false) return false
    if (one === undefined) answer = undefined
  }
  return answer
}

function both(left: Likeness, right: Likeness): Likeness {
  if (left === false || right === false) return false
  return left === true && right === true ? true : undefined
}
