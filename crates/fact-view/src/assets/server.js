// Talking to the server. The secret comes after `#` in the address, which browsers send to nobody; it is
// kept for this tab, taken out of the address, and sent as a header.

const KEPT = "fact-view-token";

function secret() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(KEPT, given);
    const rest = new URLSearchParams(location.hash.slice(1));
    rest.delete("token");
    history.replaceState(null, "", `${location.pathname}${rest.size ? `#${rest}` : ""}`);
  }
  return given ?? sessionStorage.getItem(KEPT) ?? "";
}

const token = secret();

async function ask(path, options = {}) {
  let reply;
  try {
    reply = await fetch(`/api/${path}`, {
      ...options,
      headers: { ...options.headers, Authorization: `Bearer ${token}` },
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("fact view does not answer; it may have ended");
  }
  if (reply.ok) return reply;
  let why = `the server says ${reply.status}`;
  try {
    why = (await reply.json()).error ?? why;
  } catch {
    // Not JSON: the status has to do.
  }
  throw new Error(why);
}

/** A value of the server's. */
export async function get(path, fields = {}, signal = undefined) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== "" && value !== null && value !== undefined) query.set(name, value);
  }
  return (await ask(query.size ? `${path}?${query}` : path, { signal })).json();
}

/** A picture of a sample: its address for this page, and what is known of its file. */
export async function picture(sample, index, signal) {
  const reply = await ask(`samples/${sample}/images/${index}`, { signal });
  return {
    width: Number(reply.headers.get("X-Picture-Width")),
    height: Number(reply.headers.get("X-Picture-Height")),
    sha256: reply.headers.get("X-Picture-Sha256"),
    url: URL.createObjectURL(await reply.blob()),
  };
}

/** Keeps a review and returns it, or `null` if it was taken back. */
export async function keep(sample, review) {
  const reply = await ask(`samples/${sample}/review`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(review),
  });
  return reply.json();
}
