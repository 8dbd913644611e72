// A receiver of webhooks for the tests: /ok takes everything, /broken answers 500, /away sends elsewhere;
// GET /taken tells what came.
import http from "node:http";

const taken = [];
const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (request.method === "GET") {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(taken));
      return;
    }
    taken.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
    if (request.url === "/broken") response.statusCode = 500;
    else if (request.url === "/away") response.writeHead(302, { Location: "/ok" });
    else response.statusCode = 204;
    response.end();
  });
});
server.listen(0, "127.0.0.1", () => console.log(`receives on http://127.0.0.1:${server.address().port}`));
