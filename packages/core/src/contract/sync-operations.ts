import { z } from "zod"
import { MAX_VKEY_LENGTH } from "../evidence/vkey.ts"
import { idSchema } from "../id.ts"
import { WebUrl } from "../registration/registration-text.ts"
import { operation } from "./operation.ts"
import { list, nothing } from "./shapes.ts"

/** Why another registry is believed no more; a person removes it, and adds it again where that is right. */
export const peerFaults = ["bad_checkpoint", "rolled_back", "forked", "unproven", "malformed"] as const
export const PeerFault = z.enum(peerFaults)
export type PeerFault = z.infer<typeof PeerFault>

/** Another registry whose approved registrations are mirrored here. */
export const ShownPeer = z.object({
  id: idSchema("peer"),
  url: z.string(),
  /** `ledger`: a node of Hufu, whose ledger is verified; `word`: whoever else speaks DSP, whose word is taken. */
  trust: z.enum(["ledger", "word"]),
  /** The key of its ledger. */
  vkey: z.string().nullable(),
  /** `following`: it answers; `waiting`: it does not at the moment; `refused`: nothing of it is taken any more. */
  state: z.enum(["following", "waiting", "refused"]),
  fault: PeerFault.nullable(),
  /** Why it is waiting or refused, in a sentence. UNTRUSTED: show as text only. */
  why: z.string(),
  addedAt: z.int().nonnegative(),
  /** When it answered last. */
  seenAt: z.int().nonnegative().nullable(),
  /** Up to which of its changes all are taken in. */
  position: z.int().nonnegative(),
  /** How many entries its ledger had when it was last verified. */
  verified: z.int().nonnegative(),
  mirrors: z.int().nonnegative(),
  usable: z.int().nonnegative(),
  /** Changes that could not be taken in: no code, no content that is acceptable here. */
  left: z.int().nonnegative(),
})
export type ShownPeer = z.infer<typeof ShownPeer>

const PeerRef = z.string().min(1).max(2000)

/** So many registrations are loaded by one call. */
export const maxLoaded = 500

/** What became of one registration of many. */
const Loaded = z.object({
  /** UNTRUSTED: somebody's words. */
  name: z.string(),
  id: idSchema("registration").nullable(),
  aic: z.string().nullable(),
  /** Why it was not taken. */
  refused: z.string().nullable(),
})

/** Registries that mirror each other, and many registrations at once. */
export const syncOperations = {
  "peer.list": operation({
    method: "GET",
    path: "/v1/registry/peers",
    scope: "local",
    input: nothing,
    output: list(ShownPeer),
    en: "List the registries whose approved registrations are mirrored here, and how far each is",
    zh: "列出在此镜像其已批准登记的其他登记平台及各自进度",
  }),
  "peer.add": operation({
    method: "POST",
    path: "/v1/registry/peers",
    scope: "person",
    input: z.object({
      url: WebUrl,
      /** The key of its ledger, where it is a node of Hufu; without it the key that it shows now is kept. */
      vkey: z.string().max(MAX_VKEY_LENGTH).optional(),
    }),
    output: ShownPeer,
    en: "Mirror the approved registrations of another registry from now on",
    zh: "自此镜像另一登记平台的已批准登记",
  }),
  "peer.remove": operation({
    method: "POST",
    path: "/v1/registry/peers:remove",
    scope: "person",
    input: z.object({ peer: PeerRef }),
    output: z.object({ id: idSchema("peer"), forgotten: z.int().nonnegative() }),
    en: "Mirror another registry no more, and forget what was mirrored of it",
    zh: "不再镜像另一登记平台，并删除其镜像内容",
  }),
  "peer.trust": operation({
    method: "POST",
    path: "/v1/registry/peers:trust",
    scope: "person",
    input: z.object({
      peer: PeerRef,
      /** The key of its ledger, where that is another than before. */
      vkey: z.string().max(MAX_VKEY_LENGTH).optional(),
    }),
    output: ShownPeer,
    en: "Believe a registry again that was refused, once its operator has said why its ledger is another one: everything of it is read anew",
    zh: "在其运营者说明账本变更缘由后，重新信任被拒绝的登记平台，并重新读取其全部内容",
  }),
  "peer.sync": operation({
    method: "POST",
    path: "/v1/registry/peers:sync",
    scope: "local",
    input: z.object({ peer: PeerRef }),
    output: ShownPeer,
    en: "Ask another registry for its changes now, and wait until all of them are taken in",
    zh: "立即向另一登记平台索取变更，并等待全部采纳",
  }),
  "registration.load": operation({
    method: "POST",
    path: "/v1/registrations:load",
    scope: "person",
    input: z.object({
      items: z.array(z.record(z.string(), z.json())).min(1).max(maxLoaded),
      /** Approves each at once: whoever loads them has reviewed them. */
      approve: z.boolean().default(false),
    }),
    output: list(Loaded),
    en: "Register many agents in one commit, and approve them if their reviewer says so",
    zh: "在一次提交中登记多个智能体，并可由审核者一并批准",
  }),
} as const
