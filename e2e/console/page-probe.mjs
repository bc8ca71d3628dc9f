// Put into every page that is measured, before anything of the console runs: it looks on and changes nothing. What the
// page itself reads of the event stream is read along, so that a lost event cannot hide behind one that was sent.
const longTasks = []
let clickedAt = 0
const told = { events: 0, entries: 0, lost: 0, doubled: 0, resets: 0, last: -1 }

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longTasks.push(duration)
}).observe({ type: "longtask", buffered: true })
addEventListener("click", (event) => (clickedAt = event.timeStamp), true)

const heading = () => document.querySelector("h1")?.textContent ?? ""

/** After what was just changed has been painted. */
const painted = () =>
  new Promise((resolve) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.addEventListener("message", () => resolve(performance.now()))
      port1.start()
      port2.postMessage(null)
    })
  })

/** Resolves once something holds, looked at with every frame; rejects when it does not within this time. */
async function until(holds, withinMs = 30_000) {
  const latest = performance.now() + withinMs
  while (!holds()) {
    if (performance.now() > latest) throw new Error(`it does not hold: ${holds}`)
    await new Promise(requestAnimationFrame)
  }
}

/** How long after the next click another heading is painted, in ms. */
function nextHeading() {
  const before = heading()
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (heading() === "" || heading() === before) return
      observer.disconnect()
      void painted().then((at) => resolve(at - clickedAt))
    })
    observer.observe(document, { subtree: true, childList: true, characterData: true })
  })
}

/** The longest task since this was last asked; 0 when none took 50 ms, which is from where a browser reports them. */
function longestTask() {
  const longest = Math.max(0, ...longTasks)
  longTasks.length = 0
  return longest
}

const frames = { gaps: [], running: false }
function watchFrames() {
  frames.running = true
  let last = performance.now()
  const next = (now) => {
    frames.gaps.push(now - last)
    last = now
    if (frames.running) requestAnimationFrame(next)
  }
  requestAnimationFrame(next)
}
function framesSeen() {
  frames.running = false
  return frames.gaps.splice(0)
}

/** Every state of the connection that the page showed, in order. */
const connections = []
new MutationObserver(() => {
  const shown = document.querySelector("header [role=status]")?.textContent ?? ""
  if (shown !== "" && shown !== connections.at(-1)) connections.push(shown)
}).observe(document, { subtree: true, childList: true, characterData: true })

const isAtEnd = () => scrollY + innerHeight >= document.documentElement.scrollHeight - 2

const firstPaint = () =>
  new Promise((resolve) => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntriesByName("first-contentful-paint")) resolve(entry.startTime)
    }).observe({ type: "paint", buffered: true })
  })

let rest = ""
const decoder = new TextDecoder()
function readAlong(chunk) {
  rest += decoder.decode(chunk, { stream: true })
  const messages = rest.split("\n\n")
  rest = messages.pop() ?? ""
  for (const message of messages) {
    const data = /^data: ?(.*)$/m.exec(message)?.[1]
    if (data !== undefined) count(JSON.parse(data))
  }
}

function count(event) {
  told.events++
  if (event.type === "reset") told.resets++
  if (event.type !== "entry") return
  if (event.index <= told.last) told.doubled++
  else if (told.last >= 0) told.lost += event.index - told.last - 1
  told.entries++
  told.last = Math.max(told.last, event.index)
}

// Only the stream of events is read chunk by chunk; every other answer is read whole.
const { getReader } = Object.getOwnPropertyDescriptors(ReadableStream.prototype)
ReadableStream.prototype.getReader = function getReaderAndCount(...options) {
  const reader = getReader.value.apply(this, options)
  const read = reader.read.bind(reader)
  reader.read = async () => {
    const result = await read()
    if (result.value) readAlong(result.value)
    return result
  }
  return reader
}

globalThis.hufuProbe = {
  nextHeading,
  longestTask,
  watchFrames,
  framesSeen,
  isAtEnd,
  firstPaint,
  told,
  until,
  connections,
}
