/** Six sentences and a picture. */
export function HowToRead() {
  return (
    <div class="read" id="how-to-read" role="region" aria-label="How to read the picture">
      <svg viewBox="0 0 168 120" role="img" aria-label="Two columns: a broad green band leads from a token at the left up to the last state at the right">
        <path class="stroke residual" d="M140 8V44" stroke-width="26" />
        <path class="stroke residual" d="M148 44V110" stroke-width="10" />
        <path class="stroke casing" d="M40 72C40 44 135 72 135 44" stroke-width="18" />
        <path class="stroke attention" d="M40 72C40 44 135 72 135 44" stroke-width="16" />
        <path class="stroke residual" d="M40 72V110" stroke-width="16" />
        <path class="stroke mlp" d="M46 102C46 96 60 96 60 90C60 84 46 84 46 78" stroke-width="4" />
        <rect class="square" x="56" y="86" width="8" height="8" />
        <rect class="pill" x="126" y="5" width="28" height="6" rx="3" />
        <rect class="pill hollow" x="126" y="41" width="28" height="6" rx="3" />
        <rect class="pill" x="31" y="69" width="18" height="6" rx="3" />
      </svg>
      <ol>
        <li>Each column is a token of the text; layers go from the bottom up, and the top of the chosen column is what the next token is read from.</li>
        <li>That last state is 100 %; the river below it shows what it was made of, and every band is as wide as its share.</li>
        <li>Green bands are attention: a later token reads an earlier one.</li>
        <li>Violet bands with squares are MLPs, which write into their own column; grey is what a column carries on.</li>
        <li>Under each token stands the share that came from it; together they are all of it, but for what is lost below the threshold.</li>
        <li>Click a band, a square or a state to see heads, neurons and tokens; choose a token in the row on top to explain another prediction.</li>
      </ol>
    </div>
  );
}
