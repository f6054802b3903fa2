// What a judge is told: the facts of the fake, and which part is to be judged.

export const facts = JSON.parse(process.argv[2]);

/** Runs the part that is asked for. Whoever is dissatisfied throws, and the process fails. */
export async function phase(parts) {
  await parts[facts.phase]();
  // Some clients keep timers and connections.
  process.exit(0);
}
