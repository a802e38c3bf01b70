/* What the device reads in a picture: its answer, or an Error with its reason. */
export async function readPicture(blob, { withPicture = false } = {}) {
  let response;
  try {
    response = await fetch(`read${withPicture ? "?picture=1" : ""}`, { method: "POST", body: blob });
  } catch {
    throw new Error("The device does not answer.");
  }
  const isJSON = response.headers.get("Content-Type")?.startsWith("application/json");
  const answer = isJSON ? await response.json() : { error: (await response.text()).trim() };
  if (!response.ok) throw new Error(answer.error || `The device answers ${response.status}.`);
  return answer;
}
