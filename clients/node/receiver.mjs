// Receives webhooks signed as Standard Webhooks 1.0.0 say. Node's own modules only.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const KEY = Buffer.from(process.env.SECRET.replace(/^whsec_/, ""), "base64");
const TOLERANCE_S = 300;
const seen = new Set(); // A real receiver keeps these in its database.

/** Whether the request comes from whoever knows the secret, and is not old. */
function isSigned(headers, body) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d+$/.test(timestamp) || Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_S) return false;
  const signature = createHmac("sha256", KEY).update(`${id}.${timestamp}.`).update(body).digest("base64");
  const expected = Buffer.from(`v1,${signature}`);
  return (headers["webhook-signature"] ?? "").split(" ").some((one) => {
    const given = Buffer.from(one);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const answer = (status, line) => {
    response.writeHead(status).end();
    console.log(line);
  };
  if (!isSigned(request.headers, body)) return answer(401, "refused");
  const id = request.headers["webhook-id"];
  if (seen.has(id)) return answer(204, `repeat ${id}`);
  seen.add(id);
  answer(204, `verified ${id} ${JSON.parse(body).type}`);
});
server.listen(Number(process.env.PORT ?? 9000), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
