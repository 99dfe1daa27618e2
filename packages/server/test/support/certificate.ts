/**
 * A certificate of its own authority for `provider.test` and this machine, good from 2020 to 2120, and its key. They are for tests alone: nobody
 * trusts them but who is told to.
 */
import { getCACertificates, setDefaultCACertificates } from "node:tls"

/** Trusts it in this process, beside the authorities that are known. */
export const trust = (): void => setDefaultCACertificates([...getCACertificates("default"), certificate])

export const certificate = `-----BEGIN CERTIFICATE-----
MIIBejCCASCgAwIBAgIBATAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAtvcmVsc2Ug
dGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFjEUMBIGA1UE
AwwLb3JlbHNlIHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQI/VMNPgVm
RJ4DU9PzNzKrrD/WbpamChM4bbaa3IRA9DkAFi4sH83hOr7nlXG5vUgKFERWxfbD
4vU4oto2W0eHo10wWzAPBgNVHRMBAf8EBTADAQH/MCkGA1UdEQQiMCCCDXByb3Zp
ZGVyLnRlc3SCCWxvY2FsaG9zdIcEfwAAATAdBgNVHQ4EFgQUcwLo1SLp7oiQET/y
kyOuMxGyP0YwCgYIKoZIzj0EAwIDSAAwRQIhAJn4lE7YqdQNAA/v0S+wrXQWdjLO
SCo0zqlhZGWRR5LKAiAXLnwXWgrXzbKKijidm96gRKV1+BFJgjCHMW/AgQj4iA==
-----END CERTIFICATE-----
`

export const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbDnVl55j6KS67b8k
D4Eia7oAjwcV9LRAtmjsf1x/NcuhRANCAAQI/VMNPgVmRJ4DU9PzNzKrrD/Wbpam
ChM4bbaa3IRA9DkAFi4sH83hOr7nlXG5vUgKFERWxfbD4vU4oto2W0eH
-----END PRIVATE KEY-----
`
