// Checks requests, one JSON object a line ({"headers", "body"}), with the official standardwebhooks package.

import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const { Webhook } = createRequire(process.env.MODULES)("standardwebhooks");
const webhook = new Webhook(process.env.SECRET);
for await (const line of createInterface({ input: process.stdin })) {
  const { headers, body } = JSON.parse(line);
  try {
    const event = webhook.verify(body, headers);
    console.log("verified", headers["webhook-id"], event.type);
  } catch {
    console.log("refused");
  }
}
