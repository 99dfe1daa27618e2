import { assert, describe, it } from "@effect/vitest"
import * as NoProxy from "../../../src/layer/config/NoProxy.ts"

/** The list, the URLs that it leaves out, and those that it does not. */
const lists: ReadonlyArray<readonly [string, ReadonlyArray<string>, ReadonlyArray<string>]> = [
  ["", [], ["https://a.test"]],
  [", ,", [], ["https://a.test"]],
  ["*", ["https://a.test", "http://10.0.0.1:8000", "http://[::2]"], []],
  ["none.invalid, *", ["https://a.test"], []],
  [
    "a.test",
    ["https://a.test", "http://A.test:8080", "https://x.a.test", "https://a.test."],
    ["https://xa.test", "https://a.test.x"]
  ],
  [".a.test", ["https://a.test", "https://x.a.test"], ["https://xa.test"]],
  ["*.a.test", ["https://x.a.test", "https://y.x.a.test"], ["https://a.test", "https://xa.test"]],
  ["A.Test.", ["https://a.test"], ["https://b.test"]],
  ["a.test b.test,c.test", ["https://a.test", "https://b.test", "https://c.test"], ["https://d.test"]],
  ["a.test:443", ["https://a.test", "https://x.a.test:443"], ["http://a.test", "https://a.test:8443"]],
  ["a.test:80", ["http://a.test"], ["https://a.test"]],
  ["*:8080", ["http://a.test:8080"], ["http://a.test"]],
  ["test", ["https://a.test"], ["https://a.testing"]],
  ["10.1.2.3", ["http://10.1.2.3:8000"], ["http://10.1.2.4", "http://110.1.2.3"]],
  ["10.1.2.3:8000", ["http://10.1.2.3:8000"], ["http://10.1.2.3"]],
  ["10.0.0.0/8", ["http://10.255.0.1"], ["http://11.0.0.1", "https://10.test"]],
  ["10.0.0.0/33,10.0.0.0/x,10.0.0.0/", [], ["http://10.255.0.1"]],
  ["0.0.0.0/0", ["http://10.255.0.1"], ["http://[2001:db8::1]", "https://a.test"]],
  ["2001:db8::1", ["http://[2001:db8::1]", "http://[2001:db8::1]:8000"], ["http://[2001:db8::2]"]],
  ["[2001:db8::1]", ["http://[2001:db8:0::1]"], ["http://[2001:db8::2]"]],
  ["[2001:db8::1]:8000", ["http://[2001:db8::1]:8000"], ["http://[2001:db8::1]"]],
  ["2001:db8::/32", ["http://[2001:db8:1::1]"], ["http://[2001:db9::1]"]],
  ["0.1", [], ["http://10.0.0.1"]],
  [".", [], ["https://a.test"]]
]

describe("NoProxy.covers", () => {
  for (const [list, left, proxied] of lists)
    it(`leaves out what "${list}" names, and nothing else`, () => {
      for (const url of left) assert.isTrue(NoProxy.covers(list, new URL(url)), url)
      for (const url of proxied) assert.isFalse(NoProxy.covers(list, new URL(url)), url)
    })
})

describe("NoProxy.isLoopback", () => {
  it("knows this machine by its name and its addresses", () => {
    for (const host of ["localhost", "LOCALHOST.", "ollama.localhost", "127.0.0.1:8000", "127.8.9.1", "[::1]:8000"])
      assert.isTrue(NoProxy.isLoopback(new URL(`http://${host}/v1`)), host)
    for (const host of ["localhost.test", "mylocalhost", "128.0.0.1", "127.test", "[::2]", "10.0.0.1"])
      assert.isFalse(NoProxy.isLoopback(new URL(`http://${host}/v1`)), host)
  })
})
