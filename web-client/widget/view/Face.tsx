/** A picture, or the first letter of a name. */
export function Face({ name, picture }: { name: string; picture?: string | undefined }) {
  if (picture !== undefined) {
    return <img class="face" src={picture} alt="" referrerpolicy="no-referrer" />;
  }
  return (
    <span class="face" aria-hidden="true">
      {[...name.trim()][0]?.toUpperCase() ?? "•"}
    </span>
  );
}
