/// Colours follow the reader's choice of light or dark; paper is always light.
let pageStyle = """
  :root { --ground: #ffffff; --text: #1b1f24; --faint: #59636e; --line: #d1d9e0; --card: #f6f8fa; }
  @media (prefers-color-scheme: dark) { :root {
    --ground: #101418; --text: #e6edf3; --faint: #9aa5b1; --line: #38414b; --card: #1a2027; } }
  @media print { :root {
    --ground: #ffffff; --text: #000000; --faint: #333333; --line: #999999; --card: #ffffff; } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--ground); color: var(--text);
    font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
  main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
  h1 { font-size: 1.7rem; line-height: 1.25; margin: 0.5rem 0; }
  h2 { font-size: 1.3rem; margin: 2.5rem 0 0.75rem; border-bottom: 1px solid var(--line);
    padding-bottom: 0.25rem; }
  h3 { font-size: 1.05rem; margin: 0 0 0.5rem; }
  .summary { font-size: 1.1rem; }
  figure { margin: 1.5rem 0; }
  .plot { position: relative; height: 24rem; }
  .plot.bars { height: calc(var(--rows) * 1.6rem + 5rem); }
  figcaption { color: var(--faint); font-size: 0.92rem; margin-top: 0.5rem; }
  details { margin: 0.5rem 0; }
  summary { cursor: pointer; color: var(--faint); font-size: 0.92rem; }
  .table { overflow-x: auto; margin: 0.75rem 0; }
  table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
  caption { text-align: left; color: var(--faint); padding-bottom: 0.4rem; }
  caption span { display: block; max-width: min(60rem, calc(100vw - 2rem)); }
  th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right;
    white-space: nowrap; }
  th:first-child { text-align: left; }
  tbody th { font-weight: 500; }
  pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px;
    padding: 0.75rem; overflow-x: auto; white-space: pre-wrap; font-size: 0.85rem; }
  .pair { margin: 1.25rem 0; }
  .pair > div { display: flex; gap: 1rem; }
  .pair figure { flex: 1 1 0; margin: 0; min-width: 0; }
  .pair img { width: 100%; height: auto; border: 1px solid var(--line); }
  .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr));
    gap: 1.5rem; }
  .gallery figure { margin: 0; min-width: 0; }
  .gallery img { width: 100%; height: 11rem; object-fit: contain; background: var(--card);
    border: 1px solid var(--line); }
  .gallery figcaption { overflow-wrap: anywhere; }
  dl { margin: 0.25rem 0 0; font-size: 0.9rem; }
  dt { color: var(--faint); font-size: 0.8rem; }
  dd { margin: 0 0 0.25rem; overflow-wrap: anywhere; }
  .picture img { max-width: 100%; height: auto; border: 1px solid var(--line); }
  .controls { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr));
    gap: 0.75rem 1.5rem; }
  .controls input[type=range] { width: 100%; }
  .maps canvas { width: 100%; height: auto; border: 1px solid var(--line); }
  .latency .answer { font-weight: 600; }
  .failure { border: 2px solid var(--text); padding: 0.75rem; }
  @media (max-width: 40rem) { .pair > div { flex-direction: column; } }
  @media print {
    main { max-width: none; padding: 0; }
    figure, .pair, .gallery figure, tr { break-inside: avoid; }
    h2, h3 { break-after: avoid; }
    .plot { height: 9cm; max-width: 17cm; }
    .controls input { display: none; }
    .licence, figure > details:not([open]) { display: none; }
  }
  """
