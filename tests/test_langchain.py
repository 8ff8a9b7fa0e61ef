"""The retriever and the embedder in LangChain's hands."""

from __future__ import annotations

import numpy as np
import pytest
from langchain_core.documents import Document
from langchain_core.vectorstores import InMemoryVectorStore

from vectorstore.embedding import Embedder
from vectorstore.langchain import ReportEmbeddings, ReportRetriever
from vectorstore.outline import build_report
from vectorstore.retriever import Retriever
from vectorstore.store import PassageStore

_TEXT = """青禾市政府工作报告
一、2030年工作回顾
(一)稳就业。城镇新增就业3万人。失业率降至5.2%。
(二)强生态。森林覆盖率达到50%。
"""
_ID = "2031年青禾市"


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Retriever:
    store = PassageStore.open(tmp_path_factory.mktemp("langchain"), embedder)
    store.add([build_report(_TEXT, report_id=_ID, filename=f"{_ID}.txt")])
    return Retriever(store)


def test_a_document_is_a_paragraph_with_the_place_of_its_best_sentence(
    retriever: Retriever,
) -> None:
    documents = ReportRetriever(retriever=retriever, k=2).invoke("新增就业多少人?")
    assert len(documents) == 2
    best = documents[0]
    assert best.page_content == "(一)稳就业。城镇新增就业3万人。失业率降至5.2%。"
    assert best.page_content[best.metadata["start"] : best.metadata["end"]] == "城镇新增就业3万人。"
    assert {key: best.metadata[key] for key in ("report", "paragraph", "section", "rank")} == {
        "report": _ID,
        "paragraph": 3,
        "section": "一、2030年工作回顾 › (一)稳就业",
        "rank": 1,
    }
    assert best.metadata["score"] > documents[1].metadata["score"]


def test_a_document_may_be_a_sentence(retriever: Retriever) -> None:
    documents = ReportRetriever(retriever=retriever, k=3, unit="sentence").invoke("森林覆盖率")
    assert [document.metadata["rank"] for document in documents] == [1, 2, 3]
    assert documents[0].page_content == "森林覆盖率达到50%。"
    assert (documents[0].metadata["start"], documents[0].metadata["end"]) == (7, 18)


def test_reports_restrict(retriever: Retriever) -> None:
    assert ReportRetriever(retriever=retriever, reports=["没有这份"]).invoke("就业") == []


def test_it_runs_in_a_chain_and_in_a_batch(retriever: Retriever) -> None:
    def shown(documents: list[Document]) -> str:
        return "\n".join(f"[{d.metadata['paragraph']}] {d.page_content}" for d in documents)

    chain = ReportRetriever(retriever=retriever, k=1) | shown
    assert chain.invoke("森林覆盖率") == "[4] (二)强生态。森林覆盖率达到50%。"
    jobs, woods = chain.batch(["新增就业", "森林覆盖率"])
    assert (jobs[:3], woods[:3]) == ("[3]", "[4]")


def test_the_embedder_serves_langchains_own_stores(embedder: Embedder) -> None:
    embeddings = ReportEmbeddings(embedder)
    np.testing.assert_allclose(
        embeddings.embed_query("就业"), embedder.embed_queries(["就业"])[0], atol=1e-6
    )
    store = InMemoryVectorStore.from_texts(["城镇新增就业3万人", "森林覆盖率50%"], embeddings)
    (found,) = store.similarity_search("找工作", k=1)
    assert found.page_content == "城镇新增就业3万人"
