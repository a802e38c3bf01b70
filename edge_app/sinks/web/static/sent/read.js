/* What the device answers to a request, or an Error with its reason. */
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("The device does not answer.");
  }
  const isJSON = response.headers.get("Content-Type")?.startsWith("application/json");
  const answer = isJSON ? await response.json() : { error: (await response.text()).trim() };
  if (!response.ok) throw new Error(answer.error || `The device answers ${response.status}.`);
  return answer;
}

/* What the device reads in a picture. */
export function readPicture(blob, { withPicture = false } = {}) {
  return ask(`read${withPicture ? "?picture=1" : ""}`, { method: "POST", body: blob });
}
