import { createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto"
import type { KeySuite } from "@hufu/core/identity/key-suite"
import { isFailure } from "@hufu/core/failure"
import { afterAll, describe, expect, test } from "vitest"
import { opensslFolder, opensslVersion } from "../testing/openssl.ts"
import { distinguishedName } from "./distinguished-name.ts"
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  ocspNoCheck,
  subjectAltName,
  subjectKeyIdentifier,
} from "./extensions.ts"
import { issuerHashes } from "./issuer-hashes.ts"
import { oids } from "./object-identifiers.ts"
import { readOcspRequest } from "./ocsp-request.ts"
import { type CertificateStatus, signOcspResponse } from "./ocsp-response.ts"
import { fromPem, toPem } from "./pem.ts"
import { childrenOf, oidOf, readDer, unsignedOf } from "./read-der.ts"
import { signRevocationList } from "./revocation-list.ts"
import { signCertificate } from "./sign-certificate.ts"
import { BadRequest, readSigningRequest } from "./signing-request.ts"
import { signsBySm2 } from "./sm2.ts"
import { generateKey, type Signer, signerOf, suiteOf } from "./suite-keys.ts"
import { integer, oid, sequence, tagged, tags } from "./write-der.ts"

const folder = opensslFolder()
afterAll(() => folder.remove())

const at = Math.floor(Date.now() / 1000) * 1000
const dayMs = 86_400_000
const rootName = distinguishedName({ organization: "测试 & <test>", commonName: "root" })
const leafName = distinguishedName({ commonName: "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4" })

function rootOf(signer: Signer): Uint8Array {
  return signCertificate(
    {
      serial: Uint8Array.of(1),
      issuer: rootName,
      subject: rootName,
      from: at,
      // Beyond 2049 a year has four digits.
      until: at + 40 * 365 * dayMs,
      publicKey: signer.publicKey,
      extensions: [
        basicConstraints({ ca: true, below: 1 }),
        keyUsage("keyCertSign", "crlSign"),
        subjectKeyIdentifier(signer.publicKey),
      ],
    },
    signer,
  )
}

function leafOf(issuer: Signer, serial: number, purpose: string = oids.clientAuth): Uint8Array {
  const { publicKey } = generateKeyPairSync("ed25519")
  return signCertificate(
    {
      serial: Uint8Array.of(serial),
      issuer: rootName,
      subject: leafName,
      from: at,
      until: at + dayMs,
      publicKey,
      extensions: [
        basicConstraints({ ca: false }),
        keyUsage("digitalSignature", "keyEncipherment"),
        extendedKeyUsage(purpose),
        subjectAltName({
          uri: ["acps://1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"],
          dns: ["agent.example.com"],
          ip: ["192.0.2.7", "2001:db8::1", "::1"],
        }),
        subjectKeyIdentifier(publicKey),
        authorityKeyIdentifier(issuer.publicKey),
      ],
    },
    issuer,
  )
}

const suites: KeySuite[] = ["ed25519", "p-256", "rsa-2048"]

test.each(suites)("a certificate of %s says what it should, to Node and to OpenSSL", async (suite) => {
  const signer = signerOf(await generateKey(suite), suite)
  expect(suiteOf(signer.publicKey)).toBe(suite)
  const [root, leaf] = [rootOf(signer), leafOf(signer, 0x81)]
  const seen = new X509Certificate(leaf)
  expect(
    seen.verify(createPublicKey(new X509Certificate(root).publicKey.export({ format: "pem", type: "spki" }))),
  ).toBe(true)
  expect(seen.serialNumber).toBe("81")
  expect(seen.subject).toBe("CN=1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4")
  expect(seen.subjectAltName).toBe(
    "URI:acps://1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4, DNS:agent.example.com, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:1, IP Address:0:0:0:0:0:0:0:1",
  )
  expect(seen.ca).toBe(false)
  expect(new X509Certificate(root).validToDate.getTime()).toBe(at + 40 * 365 * dayMs)
  if (opensslVersion === undefined) return
  folder.file("root.pem", toPem("CERTIFICATE", root))
  folder.file("leaf.pem", toPem("CERTIFICATE", leaf))
  const verified = folder.run("verify -x509_strict -purpose sslclient -CAfile root.pem leaf.pem")
  expect(verified).toMatchObject({ code: 0, out: "leaf.pem: OK\n" })
  expect(folder.run("verify -purpose sslserver -CAfile root.pem leaf.pem").code).not.toBe(0)
})

describe.skipIf(opensslVersion === undefined)(
  `beside ${opensslVersion ?? "OpenSSL, which is not here"}`,
  () => {
    const signer = signerOf(generateKeyPairSync("ed25519").privateKey, "ed25519")
    const root = rootOf(signer)
    const [good, bad] = [leafOf(signer, 2), leafOf(signer, 3)]
    const [rootFile, goodFile, badFile] = [root, good, bad].map((each, i) =>
      folder.file(`c${i}.pem`, toPem("CERTIFICATE", each)),
    ) as [string, string, string]

    test("a revocation list refuses what stands in it, and nothing else", () => {
      const crl = signRevocationList(
        {
          issuer: rootName,
          number: at,
          from: at,
          next: at + dayMs,
          revoked: [{ serial: Uint8Array.of(3), at, reason: 1 }],
        },
        signer,
      )
      const file = folder.file("crl.pem", toPem("X509 CRL", crl))
      const check = (leaf: string) =>
        folder.run(`verify -crl_check -CRLfile ${file} -CAfile ${rootFile} ${leaf}`)
      expect(check(goodFile)).toMatchObject({ code: 0 })
      expect(check(badFile).err).toContain("certificate revoked")
      const text = folder.run(`crl -in ${file} -noout -text`).out
      expect(text).toContain("Key Compromise")
      // One version writes it in decimal, another in hexadecimal.
      expect(text).toMatch(new RegExp(`CRL Number: \\s+(?:${at}|0x0*${at.toString(16)})`, "i"))
      const empty = signRevocationList(
        { issuer: rootName, number: 1, from: at, next: at + dayMs, revoked: [] },
        signer,
      )
      expect(
        folder.run("crl -in", folder.file("e.pem", toPem("X509 CRL", empty)), "-noout", "-text").out,
      ).toContain("No Revoked Certificates")
    })

    test("OpenSSL asks, and takes the answer of a responder for each status, with its nonce", async () => {
      const key = signerOf(await generateKey("p-256"), "p-256")
      const certificate = signCertificate(
        {
          serial: Uint8Array.of(9),
          issuer: rootName,
          subject: distinguishedName({ commonName: "responder" }),
          from: at,
          until: at + dayMs,
          publicKey: key.publicKey,
          extensions: [
            basicConstraints({ ca: false }),
            keyUsage("digitalSignature"),
            extendedKeyUsage(oids.ocspSigning),
            ocspNoCheck(),
            subjectKeyIdentifier(key.publicKey),
            authorityKeyIdentifier(signer.publicKey),
          ],
        },
        signer,
      )
      const statuses: [string, string, CertificateStatus, string][] = [
        ["sha1", goodFile, { is: "good" }, "good"],
        ["sha256", badFile, { is: "revoked", at, reason: 1 }, "revoked"],
        ["sha1", badFile, { is: "revoked", at, reason: 0 }, "revoked"],
        ["sha256", goodFile, { is: "unknown" }, "unknown"],
      ]
      for (const [hash, leaf, status, said] of statuses) {
        const asked = folder.run(`ocsp -${hash} -issuer ${rootFile} -cert ${leaf} -reqout q.der`)
        expect(asked.code).toBe(0)
        const request = readOcspRequest(Buffer.from(folder.run("base64 -in q.der").out, "base64"))
        const [id] = request.asked
        expect(request.asked).toHaveLength(1)
        expect(id?.hash).toBe(hash)
        const hashes = issuerHashes(rootName, signer.publicKey)[hash as "sha1" | "sha256"]
        expect(Buffer.from(id?.issuerName ?? [])).toEqual(hashes.name)
        expect(Buffer.from(id?.issuerKey ?? [])).toEqual(hashes.key)
        const response = signOcspResponse(
          {
            at,
            next: at + 600_000,
            answers: [{ id: id?.raw ?? new Uint8Array(), status }],
            nonce: request.nonce,
            certificate,
          },
          key,
        )
        folder.file("r.der", response)
        const taken = folder.run(
          `ocsp -${hash} -respin r.der -no_nonce -issuer ${rootFile} -cert ${leaf} -CAfile ${rootFile}`,
        )
        expect(taken.err).toContain("Response verify OK")
        expect(request.nonce).toBeDefined()
        expect(Buffer.from(response).includes(Buffer.from(request.nonce ?? "none"))).toBe(true)
        expect(taken.out).toContain(`${leaf}: ${said}`)
      }
    })

    test.each([
      ["ed25519", ["-newkey", "ed25519"]],
      ["p-256", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]],
      ["rsa-2048", ["-newkey", "rsa:2048"]],
    ])("a request that OpenSSL makes with %s is read, and not when a bit is another", (suite, made) => {
      const { code } = folder.run(
        `req -new -nodes ${made.join(" ")} -keyout k.pem -outform DER -out r.csr -subj`,
        "/CN=some agent/O=else",
        "-addext",
        "subjectAltName=URI:acps://a,DNS:b.example,IP:2001:db8::2",
        "-addext",
        "extendedKeyUsage=clientAuth",
      )
      expect(code).toBe(0)
      const bytes = Buffer.from(folder.run("base64 -in r.csr").out, "base64")
      const request = readSigningRequest(bytes)
      expect(request).toMatchObject({
        suite,
        commonNames: ["some agent"],
        otherParts: 1,
        altNames: { uri: ["acps://a"], dns: ["b.example"], ip: ["2001:db8::2"] },
        purposes: [oids.clientAuth],
        wantsAuthority: false,
      })
      const pem = folder.run("req -inform DER -in r.csr").out
      expect(Buffer.from(fromPem("CERTIFICATE REQUEST", pem))).toEqual(bytes)
      // A flipped bit in any byte, also beside what is signed, makes it another request than the one that was made.
      for (let i = 0; i < bytes.length; i += 1) {
        const changed = Buffer.from(bytes)
        changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8))
        expect(() => readSigningRequest(changed), `byte ${i}`).toThrow(BadRequest)
      }
    })

    test("what asks to be an authority says so", () => {
      folder.run(
        "req -new -nodes -newkey ed25519 -keyout k.pem -outform DER -out ca.csr -subj /CN=ca -addext basicConstraints=critical,CA:TRUE",
      )
      const bytes = Buffer.from(folder.run("base64 -in ca.csr").out, "base64")
      expect(readSigningRequest(bytes).wantsAuthority).toBe(true)
    })
  },
)

test("SM2 is refused by name where this runtime cannot sign as others expect, else its certificates verify", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "SM2" })
  // ECDSA over that curve is no SM2.
  expect(suiteOf(createPublicKey(privateKey))).toBeUndefined()
  if (!signsBySm2()) {
    await expect(generateKey("sm2")).rejects.toThrow(/no sm2 keys: choose another suite/)
    return
  }
  const signer = signerOf(await generateKey("sm2"), "sm2")
  expect(suiteOf(signer.publicKey)).toBe("sm2")
  folder.file("sm2.pem", toPem("CERTIFICATE", rootOf(signer)))
  if (opensslVersion !== undefined)
    expect(folder.run("verify -CAfile sm2.pem sm2.pem")).toMatchObject({ code: 0 })
})

describe("hostile bytes", () => {
  const refused = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      return isFailure(error, "invalid_input")
    }
    return false
  }

  test.each([
    ["an indefinite length", "30800201010000"],
    ["a length that is not the shortest", "308103020101"],
    ["a longer length than needed", "30820003020101"],
    ["a cut value", "3005020101"],
    ["bytes after the end", "300302010100"],
    ["a high tag number", "1f8101"],
    ["a length beyond any memory", "3084ffffffff"],
    ["nothing", ""],
  ])("%s is refused", (_what, hex) => {
    expect(refused(() => readDer(Buffer.from(hex, "hex")))).toBe(true)
  })

  test.each([
    ["a negative number", "0201ff"],
    ["a padded number", "02020001"],
    ["an empty number", "0200"],
    ["a number of 21 bytes", `0215${"7f".repeat(21)}`],
  ])("%s is refused", (_what, hex) => {
    expect(refused(() => unsignedOf(readDer(Buffer.from(hex, "hex"))))).toBe(true)
  })

  test("an object identifier is written and read the same, and refused with a leading zero digit or cut", () => {
    for (const each of [...Object.values(oids), "2.999.3", "0.9.2342"])
      expect(oidOf(readDer(oid(each)))).toBe(each)
    for (const hex of ["0600", "06028001", "060181", `0641${"01".repeat(65)}`])
      expect(refused(() => oidOf(readDer(Buffer.from(hex, "hex"))))).toBe(true)
  })

  test("more parts than allowed, and nesting without end, are refused without reading on", () => {
    const many = sequence(...Array.from({ length: 65 }, () => integer(1)))
    expect(refused(() => childrenOf(readDer(many), tags.sequence))).toBe(true)
    let deep: Uint8Array = integer(1)
    for (let i = 0; i < 4000; i++) deep = tagged(tags.sequence, deep)
    expect(refused(() => readSigningRequest(deep))).toBe(true)
    expect(refused(() => readOcspRequest(deep))).toBe(true)
    expect(refused(() => readSigningRequest(new Uint8Array(17_000)))).toBe(true)
  })

  test("keys that are no keys of ours have no suite", () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey
    const three = generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).publicKey
    const other = generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey
    const agree = generateKeyPairSync("x25519").publicKey
    for (const key of [weak, three, other, agree]) expect(suiteOf(key)).toBeUndefined()
  })
})
