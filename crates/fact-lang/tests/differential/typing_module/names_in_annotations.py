def execute_command(image):
    from typing import List, Dict, Tuple, Optional, Union, Any
    def f(a: List[int], b: Optional[Dict[str, int]] = None) -> Tuple[int, Union[str, None]]:
        x: List[Any] = a
        return x[0], b
    def g(a: 'not evaluated at all', b: list[int] = ()) -> None:
        return a
    return f([1]), f([2], {'a': 1}), g(3)
