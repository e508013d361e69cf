import { SerializerSelector } from "@fastify/fast-json-stringify-compiler";

const buildNow = SerializerSelector();

/**
 * Makes what turns answers into text from their schemas, each when its first answer is sent. Fastify makes all of them at
 * the start, those of `HEAD` too, of which a process may never need most: 15 MB (2026-11).
 */
export const buildSerializers: typeof buildNow = (schemas, options) => {
  const compile = buildNow(schemas, options);
  return (route) => {
    let serialize: ReturnType<typeof compile> | undefined;
    return (answer) => {
      serialize ??= compile(route);
      return serialize(answer);
    };
  };
};
