import { assert, describe, it } from "@effect/vitest"
import * as Exact from "@orelse/core/domain/Exact"
import * as Json from "@orelse/core/domain/Json"

/** As it is written anew. */
const anew = (text: string) => JSON.stringify(Exact.parseObject(text))

describe("a JSON object that is read to be written anew", () => {
  it("keeps each digit of an integer, wherever it stands and whatever stands beside it", () => {
    for (const text of [
      '{"id":12345678901234567891}',
      '{"id":-9007199254740993}',
      '{"a":{"b":[1,[9223372036854775807],{"c":18446744073709551615}]},"d":"9223372036854775807","e":1.5}',
      '{"a\\"b":1,"id":12345678901234567891,"__proto__":{"x":true},"y":null}'
    ])
      assert.strictEqual(anew(text), text)
    assert.strictEqual(anew(' { "id" : 12345678901234567891 , "b" : [ ] } '), '{"id":12345678901234567891,"b":[]}')
  })

  it("is what it always was where a number holds all that is in it, or it is no integer that is written out", () => {
    for (const text of ['{"id":9007199254740991}', '{"id":-9007199254740991}', "{}", '{"a":0.1234567890123456789}']) {
      const value = Json.parseObject(text)!
      const asked = () => assert.fail("the text was asked for")
      assert.strictEqual(Exact.of(value, asked), value)
    }
    assert.deepStrictEqual(Exact.parseObject('{"a":1e300,"b":1E+21,"c":100000000000000000000.5}'), {
      a: 1e300,
      b: 1e21,
      c: 1e20
    })
  })

  it("holds no number where one is too large, and is nothing where the text is no object", () => {
    assert.isUndefined(Json.number(Exact.parseObject('{"id":12345678901234567891}')?.["id"]))
    for (const text of ["[12345678901234567891]", "12345678901234567891", '{"id":12345678901234567891'])
      assert.isUndefined(Exact.parseObject(text))
  })
})
