// Search, and what the navigation needs. search_index.js defines `search_index`: a list of
// {page, title, kind, text}. It is loaded when the search is used. It is a script, because a page that was opened from
// a disk may not fetch a file.
"use strict";

const input = document.querySelector(".search input");
const results = document.querySelector(".results");

let index_is_loaded = null;
function load_index() {
    index_is_loaded ??= new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = "search_index.js";
        script.onload = resolve;
        document.head.append(script);
    });
    return index_is_loaded;
}

// Every word must occur. A word in the title counts more than one in the text, and the start of the title most.
function score(entry, words) {
    const title = entry.title.toLowerCase();
    const text = entry.text.toLowerCase();
    let sum = 0;
    for (const word of words) {
        const place = title.indexOf(word);
        if (place < 0 && !text.includes(word)) return 0;
        sum += title === word ? 20 : place === 0 ? 10 : place > 0 ? 6 : 1;
    }
    return sum;
}

// The part of the text around the first word.
function excerpt(text, words) {
    const place = Math.max(0, text.toLowerCase().indexOf(words[0]));
    const begin = text.lastIndexOf(" ", Math.max(0, place - 40)) + 1;
    return (begin > 0 ? "… " : "") + text.slice(begin, begin + 120);
}

function found(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    return search_index
        .map((entry) => ({ entry, words, score: score(entry, words) }))
        .filter((hit) => hit.score > 0)
        .sort((a, b) => b.score - a.score || a.entry.title.length - b.entry.title.length)
        .slice(0, 12);
}

function item({ entry, words }) {
    const link = document.createElement("a");
    link.href = entry.page;
    for (const [name, text] of [["b", entry.title], ["small", entry.kind], ["span", excerpt(entry.text, words)]]) {
        const part = document.createElement(name);
        part.textContent = text;
        link.append(part);
    }
    const row = document.createElement("li");
    row.append(link);
    return row;
}

async function show() {
    await load_index();
    const hits = found(input.value);
    results.replaceChildren(...hits.map(item));
    if (hits.length === 0 && input.value.trim() !== "") {
        const row = document.createElement("li");
        row.textContent = "Nothing found";
        results.append(row);
    }
    results.hidden = input.value.trim() === "";
}

input.addEventListener("focus", load_index);
input.addEventListener("input", show);
input.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await show();
    const first = results.querySelector("a");
    if (first) location.href = first.href;
});
document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== input) {
        event.preventDefault();
        input.focus();
    } else if (event.key === "Escape") {
        results.hidden = true;
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !results.hidden) {
        const all = [...results.querySelectorAll("a")];
        const next = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
        (all[next] ?? input).focus();
        event.preventDefault();
    }
});
document.addEventListener("click", (event) => {
    if (!input.form.contains(event.target)) results.hidden = true;
});

// A wide window shows the contents beside the text, and a narrow one above it on demand.
const navigation = document.querySelector(".navigation");
const wide = matchMedia("(min-width: 60rem)");
const adapt = () => (navigation.open = wide.matches);
wide.addEventListener("change", adapt);
adapt();
const here = location.pathname.split("/").pop() || "index.html";
navigation.querySelector(`a[href="${here}"]`)?.setAttribute("aria-current", "page");

// Tables, diagrams and blocks of code scroll inside themselves. A keyboard can scroll only what it can focus.
for (const wide of document.querySelectorAll("main table:not(table table), main img")) {
    const box = document.createElement("div");
    box.className = "scroll";
    wide.replaceWith(box);
    box.append(wide);
}
for (const box of document.querySelectorAll(".scroll, main .fragment"))
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
