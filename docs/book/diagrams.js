// Draws the Mermaid diagrams, which mdBook leaves as blocks of code.
const diagrams = document.querySelectorAll('code.language-mermaid');
if (diagrams.length > 0 && window.mermaid) {
    const isDark = ['ayu', 'navy', 'coal'].some(it => document.documentElement.classList.contains(it));
    for (const code of diagrams) {
        const diagram = document.createElement('div');
        diagram.className = 'mermaid';
        diagram.textContent = code.textContent;
        code.closest('pre').replaceWith(diagram);
    }
    mermaid.initialize({ startOnLoad: false, theme: isDark ? 'dark' : 'neutral' });
    mermaid.run();
}
